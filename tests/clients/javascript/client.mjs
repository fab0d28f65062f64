// What AWS's SDK for JavaScript does with the offline Bedrock.
// node client.mjs '{"nova": …}' [http1]: without http1, over the SDK's own HTTP/2.
import { BedrockClient, ListFoundationModelsCommand } from "@aws-sdk/client-bedrock";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  ThrottlingException,
  ValidationException,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";

const asked = JSON.parse(process.argv[2]);
const handler = process.argv[3] === "http1" ? { requestHandler: new NodeHttpHandler() } : {};
const runtime = new BedrockRuntimeClient(handler);

const user = (text) => [{ role: "user", content: [{ text }] }];
const decode = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

const lesson = {
  modelId: asked.nova,
  messages: user(asked.question),
  inferenceConfig: { maxTokens: asked.max_tokens, temperature: 0 },
};
const claude = {
  modelId: asked.haiku,
  contentType: "application/json",
  body: JSON.stringify({
    anthropic_version: "bedrock-2023-05-31",
    max_tokens: 8,
    messages: [{ role: "user", content: asked.question }],
  }),
};

const post = (path, body) =>
  fetch(process.env.AWS_ENDPOINT_URL + path, { method: "POST", body: JSON.stringify(body) });

async function all(stream) {
  const found = [];
  for await (const event of stream) found.push(event);
  return found;
}

async function streamed(request) {
  const reply = await runtime.send(new ConverseStreamCommand(request));
  const events = await all(reply.stream);
  const text = events.map((event) => event.contentBlockDelta?.delta.text ?? "").join("");
  const stop = events.find((event) => event.messageStop)?.messageStop.stopReason;
  const usage = events.find((event) => event.metadata)?.metadata.usage;
  return { text, stop, usage, kinds: events.map((event) => Object.keys(event)[0]) };
}

const cases = {
  async models() {
    const found = await new BedrockClient().send(new ListFoundationModelsCommand());
    return found.modelSummaries.map((model) => model.modelId);
  },

  async protocol() {
    return runtime.config.requestHandler.metadata.handlerProtocol;
  },

  async converse() {
    const reply = await runtime.send(new ConverseCommand(lesson));
    return { text: reply.output.message.content[0].text, stop: reply.stopReason, usage: reply.usage };
  },

  converse_streamed: () => streamed(lesson),

  async concurrent_streams() {
    const numbers = [1, 2, 3, 4, 5, 6];
    const request = (n) => ({
      modelId: asked.nova,
      messages: user(`Count to ${n}.`),
      inferenceConfig: { maxTokens: 6 + n },
    });
    return Promise.all(numbers.map((n) => streamed(request(n))));
  },

  async tool_called() {
    const schema = {
      type: "object",
      properties: { city: { enum: ["Paris", "Rome"] } },
      required: ["city"],
    };
    const tool = { toolSpec: { name: "get_weather", inputSchema: { json: schema } } };
    const toolConfig = { tools: [tool], toolChoice: { tool: { name: "get_weather" } } };
    const reply = await runtime.send(
      new ConverseCommand({ modelId: asked.nova, messages: user("Paris?"), toolConfig }),
    );
    return { stop: reply.stopReason, use: reply.output.message.content[0].toolUse };
  },

  async invoke() {
    const reply = await runtime.send(new InvokeModelCommand(claude));
    return { contentType: reply.contentType, body: decode(reply.body) };
  },

  async invoke_streamed() {
    const reply = await runtime.send(new InvokeModelWithResponseStreamCommand(claude));
    return (await all(reply.body)).map((event) => decode(event.chunk.bytes));
  },

  async refused() {
    try {
      await runtime.send(new ConverseCommand({ ...lesson, modelId: "amazon.no-such-model" }));
    } catch (error) {
      return {
        isValidationException: error instanceof ValidationException,
        message: error.message,
        status: error.$metadata.httpStatusCode,
        requestId: error.$metadata.requestId,
      };
    }
  },

  async tried_again() {
    await post("/_offline/fail-next", { kind: "ThrottlingException" });
    return (await runtime.send(new ConverseCommand(lesson))).$metadata.attempts;
  },

  async broken_stream() {
    await post("/_offline/fail-next", { kind: "stream_throttled" });
    try {
      await streamed(lesson);
    } catch (error) {
      return error instanceof ThrottlingException;
    }
  },
};

async function outcome(run) {
  try {
    return { saw: await run() };
  } catch (error) {
    return { raised: String(error.stack) };
  }
}

const seen = {};
for (const [name, run] of Object.entries(cases)) seen[name] = await outcome(run);
console.log(JSON.stringify(seen));
runtime.destroy(); // else the socket of the broken stream is waited for
