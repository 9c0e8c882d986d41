// What an app made with the Vercel AI SDK does, over each surface of the router, with only the base URL changed.
import assert from "node:assert/strict";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const [base, ...providers] = process.argv.slice(2);
const apiKey = "sk-test";
const openai = createOpenAI({ baseURL: `${base}/v1`, apiKey });
const anthropic = createAnthropic({ baseURL: `${base}/v1`, apiKey });
const compatible = createOpenAICompatible({
  name: "optipath",
  baseURL: `${base}/v1`,
  apiKey,
  includeUsage: true,
  supportsStructuredOutputs: true,
});

const surfaces = {
  "chat completions": (model) => openai.chat(model),
  "chat completions, compatible": (model) => compatible(model),
  responses: (model) => openai.responses(model),
  messages: (model) => anthropic(model),
};

const Trip = z.object({ city: z.string(), days: z.number().int() });

async function run(of, model) {
  const said = await generateText({ model: model("ok"), prompt: "hello nonce-1", maxRetries: 0 });
  assert.match(said.text, /nonce-1/, of);
  assert.equal(said.finishReason, "stop", of);

  const pieces = [];
  const streamed = streamText({ model: model("ok"), prompt: "hello nonce-2", maxRetries: 0 });
  for await (const piece of streamed.textStream) pieces.push(piece);
  assert.ok(pieces.length > 3, of);
  assert.match(pieces.join(""), /nonce-2/, of);
  assert.ok((await streamed.usage).outputTokens > 0, of);

  const asked = [];
  const weather = tool({
    description: "Tell the weather of a city.",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      asked.push(city);
      return `sunny in ${city}`;
    },
  });
  const agent = { model: model("tool"), prompt: "what is the weather?", tools: { weather }, maxRetries: 0 };
  const answered = await generateText({ ...agent, stopWhen: stepCountIs(3) });
  assert.equal(asked.length, 1, of);
  assert.ok(answered.text, of);
  const stepped = streamText({ ...agent, stopWhen: stepCountIs(3) });
  await stepped.consumeStream({ onError: (error) => assert.fail(`${of}: ${error}`) });
  assert.equal(asked.length, 2, of);

  const output = Output.object({ schema: Trip });
  const planned = await generateText({ model: model("plan"), prompt: "plan a trip", output, maxRetries: 0 });
  Trip.parse(planned.output);
}

for (const provider of providers) {
  for (const [surface, make] of Object.entries(surfaces)) {
    await run(`${provider} by ${surface}`, (name) => make(`${provider}-${name}`));
  }
}
