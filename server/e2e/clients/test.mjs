// Lists and calls tools with MCP clients that others wrote: version 1 and 2 of
// the TypeScript SDK, and the MCP Inspector's command line.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";

import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Client as ClientV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";

const binary = process.env.PAGERDUTY_MCP;
assert.ok(binary, "PAGERDUTY_MCP must name the program");
const args = ["incidents", "--sandbox", "--enable-write-tools", "--log-level", "error"];
const info = { name: "clients-test", version: "1.0.0" };

async function drive(client, transport, version) {
  await client.connect(transport);
  try {
    if (version) assert.equal(client.getNegotiatedProtocolVersion(), version);
    const { tools } = await client.listTools();
    assert.ok(tools.length >= 9);
    for (const tool of tools) assert.equal(tool.inputSchema.type, "object");
    const list = await client.callTool({ name: "list_incidents", arguments: { status: ["triggered"], limit: 2 } });
    assert.ok(!list.isError, list.content[0].text);
    assert.equal(JSON.parse(list.content[0].text).incidents.length, 2);
    const note = await client.callTool({ name: "add_note_to_incident", arguments: { incident_id: "4711", note: "hello" } });
    assert.ok(!note.isError, note.content[0].text);
    const wrong = await client.callTool({ name: "list_incidents", arguments: { stati: "open" } });
    assert.ok(wrong.isError);
    assert.match(wrong.content[0].text, /did you mean status/);
    const { prompts } = await client.listPrompts();
    assert.deepEqual(prompts.map((prompt) => prompt.name), ["investigate"]);
    const { completion } = await client.complete({ ref: { type: "ref/prompt", name: "investigate" }, argument: { name: "incident", value: "4711" } });
    assert.match(completion.values[0], /^4711: Payments API/);
    const prompt = await client.getPrompt({ name: "investigate", arguments: { incident: completion.values[0] } });
    assert.match(prompt.messages[0].content.text, /incident 4711\./);
    const resource = await client.readResource({ uri: "pagerduty://incidents/4711" });
    assert.match(resource.contents[0].text, /card authorizations/);
  } finally {
    await client.close();
  }
}

const limit = { timeout: 60_000 };

test("TypeScript SDK v1", limit, () => drive(new ClientV1(info), new StdioV1({ command: binary, args })));

for (const [mode, version] of [["legacy", "2025-11-25"], ["auto", "2026-07-28"]]) {
  test(`TypeScript SDK v2, ${mode}`, limit, () =>
    drive(new ClientV2(info, { versionNegotiation: { mode } }), new StdioV2({ command: binary, args }), version));
}

test("MCP Inspector", limit, () => {
  const inspect = (...more) =>
    JSON.parse(execFileSync("node_modules/.bin/mcp-inspector", ["--cli", binary, ...args, ...more], { encoding: "utf8", timeout: 50_000 }));
  assert.ok(inspect("--method", "tools/list").tools.length >= 9);
  const called = inspect("--method", "tools/call", "--tool-name", "get_incident", "--tool-arg", "incident_id=4711");
  assert.match(called.content[0].text, /card authorizations/);
});
