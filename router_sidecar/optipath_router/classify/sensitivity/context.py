"""Words beside a bare number that say what it is, in ten languages.

A number whose form says enough needs none. What is looked at is at most 48
characters before it and 16 after.
"""

import re
from typing import Final

BEFORE: Final = 48
AFTER: Final = 16


def _words(listed: str) -> re.Pattern[str]:
    """Any of what is listed, set apart by commas; those of alphabets begin where a word begins."""
    words = tuple(" ".join(word.split()) for word in listed.split(","))
    spaced = "|".join(word for word in words if ord(word[0]) < 0x2E80)
    dense = "|".join(word for word in words if ord(word[0]) >= 0x2E80)
    return re.compile("|".join(part for part in (rf"(?<![^\W_])(?:{spaced})" if spaced else "", dense) if part))


PHONE: Final = _words(
    r"""
    phone, telephone, tel\b, telef, téléph, mobile, mobil, cell\b, cellphone, handy, handynummer, whatsapp, sms,
    text me, call me, call (?:him|her|us|them), reach (?:me|him|her|us), ring me, fax, móvil, celular, portable,
    cellulare, telemóvel, rückruf, erreichbar, appelez, appeler, rappele, joindre au, llám, llame, llama al,
    chiamami, chiamare, chiamalo, ligue, ligar, тел, телефон, моб, звони, позвони, номер телефона, ватсап, 电话,
    手机, 手機, 電話, 联系方式, 联系我, 微信, 打给, 致电, 携帯, 連絡先, 전화, 휴대폰, 핸드폰, 연락처, 번호로 연락
    """
)
CARD: Final = _words(
    """
    card, credit, debit, visa, mastercard, amex, diners, karte, kreditkarte, tarjeta, carte, carta, cartão, cartao,
    карт, 卡号, 信用卡, 银行卡, カード, 카드
    """
)
US_SSN: Final = _words("ssn, social security, soc sec, itin, 社会安全号, seguro social")
GERMANY: Final = _words("steuer, idnr, tin, tax id, id-nr")
FRANCE: Final = _words(
    """
    sécu, sécurité sociale, securite sociale, nir, carte vitale, numéro de sécu, insee
    """
)
BRAZIL: Final = _words("cpf, cnpj, contribuinte")
INDIA: Final = _words("aadhaar, aadhar, uidai, uid")
UK_NHS: Final = _words("nhs")
UK_NINO: Final = _words("national insurance, nino, ni number, ni no")
NETHERLANDS: Final = _words("bsn, burgerservicenummer, sofinummer, citizen service number")
POLAND: Final = _words("pesel")
KOREA: Final = _words("resident registration, rrn, 주민등록, 주민번호")
JAPAN: Final = _words("my number, mynumber, マイナンバー, 個人番号")
RUSSIA_SNILS: Final = _words("снилс, snils")
RUSSIA_INN: Final = _words("инн, inn")
PORTUGAL: Final = _words("nif, contribuinte, número fiscal")
CHINA: Final = _words("身份证, id card, resident identity")
SPAIN: Final = _words("dni, nie, nif, documento")
PASSPORT: Final = _words(
    """
    passport, reisepass, passnummer, passeport, pasaporte, passaporto, passaporte, паспорт, 护照, 護照, パスポート,
    旅券, 여권
    """
)
IP: Final = _words(
    r"""
    ip\b, ipv4, ipv6, address, adresse, host, dirección, indirizzo, endereço, адрес, 地址, アドレス, 주소
    """
)

NOT_A_PERSONS: Final = _words(
    """
    order, invoice, isbn, issn, tracking, sku, part, serial, ticket, rfc, doi, version, ref, model, build, commit,
    article, item, batch, bestell, rechnung, sendung, artikel, pedido, factura, fatura, commande, facture,
    référence, ordine, fattura, заказ, счёт, счет, накладн, артикул, 订单, 单号, 编号, 流水, 発票, 注文, 伝票,
    商品番号, 型番, 주문, 송장, 운송장, 상품번호
    """
)
"""Said right before a number, it is of a thing."""
