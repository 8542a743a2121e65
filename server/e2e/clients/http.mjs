// Lists and calls tools over HTTP with MCP clients that others wrote, in both eras of the
// protocol, and through mcp-remote, which clients use that only know stdio.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import test from "node:test";
import { promisify } from "node:util";

import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as HTTPV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Client as ClientV2, StreamableHTTPClientTransport as HTTPV2 } from "@modelcontextprotocol/client";

import { secret, served } from "./served.mjs";

const limit = { timeout: 120_000 };
const info = { name: "http-test", version: "1.0.0" };
const authorized = { requestInit: { headers: { Authorization: `Bearer ${secret}` } } };

// drive lists tools, calls some, hears of progress, and has a team deleted, for which the
// user is asked.
async function drive(client, transport, asks) {
  await client.connect(transport);
  try {
    const { tools } = await client.listTools();
    assert.ok(tools.length >= 20);
    const text = async (name, args, options) => {
      const got = await client.callTool({ name, arguments: args }, ...options ?? []);
      assert.ok(!got.isError, got.content[0].text);
      return JSON.parse(got.content[0].text);
    };
    assert.match((await text("get_incident", { incident_id: "4711" })).title, /card authorizations/);
    const { id } = await text("create_team", { name: "Night Watch" });
    let deleted = await text("delete_team", { team_id: id });
    if (!asks) {
      assert.equal(deleted.confirmation_needed, true);
      deleted = await text("delete_team", { team_id: id, confirm: deleted.confirm });
    }
    assert.equal(deleted.confirmation_needed, undefined);
    const wrong = await client.callTool({ name: "get_incident", arguments: { incident_id: "Q0" } });
    assert.ok(wrong.isError);
    const prompt = await client.getPrompt({ name: "investigate", arguments: { incident: "4711" } });
    assert.match(prompt.messages[0].content.text, /incident 4711/);
  } finally {
    await client.close();
  }
}

test("TypeScript SDK v1", limit, async (t) => {
  const url = new URL(await served(t, "incidents", "people", "--enable-write-tools"));
  await drive(new ClientV1(info), new HTTPV1(url, authorized));
});

for (const [mode, version] of [["legacy", "2025-11-25"], ["auto", "2026-07-28"]]) {
  test(`TypeScript SDK v2, ${mode}`, limit, async (t) => {
    const url = new URL(await served(t, "incidents", "people", "--enable-write-tools"));
    const asks = mode === "auto";
    const client = new ClientV2(info, { versionNegotiation: { mode }, ...(asks && { capabilities: { elicitation: { form: {} } } }) });
    let asked = 0;
    if (asks) client.setRequestHandler("elicitation/create", () => (asked++, { action: "accept", content: {} }));
    await drive(client, new HTTPV2(url, authorized), asks);
    assert.equal(client.getNegotiatedProtocolVersion() ?? version, version);
    assert.equal(asked, asks ? 1 : 0);
  });
}

test("progress", limit, async (t) => {
  const url = new URL(await served(t, "incidents"));
  for (const client of [new ClientV1(info), new ClientV2(info, { versionNegotiation: { mode: "auto" } })]) {
    await client.connect(client instanceof ClientV1 ? new HTTPV1(url, authorized) : new HTTPV2(url, authorized));
    const heard = [];
    const options = { onprogress: (p) => heard.push(p.progress) };
    const call = { name: "list_incidents", arguments: { since: "90d", limit: 200 } };
    await (client instanceof ClientV1 ? client.callTool(call, undefined, options) : client.callTool(call, options));
    await client.close();
    assert.ok(heard.length > 0);
    assert.deepEqual(heard, heard.toSorted((a, b) => a - b));
  }
});

test("a wrong secret", limit, async (t) => {
  const url = new URL(await served(t, "incidents"));
  for (const headers of [{}, { Authorization: "Bearer no" }]) {
    await assert.rejects(new ClientV1(info).connect(new HTTPV1(url, { requestInit: { headers } })), /401|secret/);
  }
});

test("MCP Inspector", limit, async (t) => {
  const url = await served(t, "incidents");
  const inspect = async (...more) => {
    const { stdout } = await promisify(execFile)("node_modules/.bin/mcp-inspector",
      ["--cli", url, "--transport", "http", "--header", `Authorization: Bearer ${secret}`, ...more], { timeout: 60_000 });
    return JSON.parse(stdout);
  };
  assert.ok((await inspect("--method", "tools/list")).tools.length >= 5);
  const called = await inspect("--method", "tools/call", "--tool-name", "get_incident", "--tool-arg", "incident_id=4711");
  assert.match(called.content[0].text, /card authorizations/);
});

test("mcp-remote", limit, async (t) => {
  const url = await served(t, "incidents", "people", "--enable-write-tools");
  const env = { ...process.env, AUTHORIZATION: `Bearer ${secret}` };
  const bridge = new StdioV1({ command: "node_modules/.bin/mcp-remote", args: [url, "--allow-http", "--transport", "http-only", "--header", "Authorization:${AUTHORIZATION}"], env, stderr: "ignore" });
  await drive(new ClientV1(info), bridge);
});
