"""What is publicly known about models: prices, limits and capabilities, where a tenant states none.

Facts come with a date and are never guessed. What is not known stays absent.
"""
