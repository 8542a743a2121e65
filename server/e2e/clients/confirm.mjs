// Has MCP clients that others wrote ask their user before a team is deleted: in both eras of
// the protocol, with each answer that there is, with none, and without a way to ask.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { Client as ClientV2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";

const binary = process.env.PAGERDUTY_MCP;
assert.ok(binary, "PAGERDUTY_MCP must name the program");
const args = ["people", "--sandbox", "--enable-write-tools", "--log-level", "error"];
const info = { name: "confirm-test", version: "1.0.0" };
const asking = { capabilities: { elicitation: { form: {} } } };

// Each makes a connected client, whose user is asked by ask if it is given.
const clients = {
  "TypeScript SDK v1": async (ask) => {
    const client = new ClientV1(info, ask && asking);
    if (ask) client.setRequestHandler(ElicitRequestSchema, ask);
    await client.connect(new StdioV1({ command: binary, args }));
    return client;
  },
  "TypeScript SDK v2, legacy": (ask) => v2("legacy", "2025-11-25", ask),
  "TypeScript SDK v2, auto": (ask) => v2("auto", "2026-07-28", ask),
};

async function v2(mode, version, ask) {
  const client = new ClientV2(info, { ...(ask && asking), versionNegotiation: { mode } });
  if (ask) client.setRequestHandler("elicitation/create", ask);
  await client.connect(new StdioV2({ command: binary, args }));
  assert.equal(client.getNegotiatedProtocolVersion(), version);
  return client;
}

const call = async (client, name, args) => {
  const result = await client.callTool({ name, arguments: args });
  return { failed: Boolean(result.isError), text: result.content[0].text };
};

// Makes a team, has act try to delete it, and requires that it is gone or still there.
async function withTeam(connect, ask, act, gone) {
  const asked = [];
  const client = await connect(ask && ((request) => (asked.push(request.params.message), ask(request))));
  try {
    const { id } = JSON.parse((await call(client, "create_team", { name: "Night Watch" })).text);
    await act(client, id, asked);
    const left = await call(client, "list_teams", { query: "Night Watch" });
    assert.equal(left.text.includes(id), !gone, left.text);
  } finally {
    await client.close();
  }
}

const limit = { timeout: 90_000 };

// All at once: silence takes the 45 seconds that the server waits for an answer.
describe("a person is asked", { concurrency: true }, () => {
  for (const [name, connect] of Object.entries(clients)) {
    describe(name, { concurrency: true }, () => {
      for (const [answer, gone] of [["accept", true], ["decline", false], ["cancel", false]]) {
        test(answer, limit, () =>
          withTeam(connect, () => ({ action: answer, ...(gone && { content: {} }) }), async (client, id, asked) => {
            const got = await call(client, "delete_team", { team_id: id });
            assert.equal(got.failed, !gone, got.text);
            if (!gone) assert.match(got.text, /said no/);
            assert.equal(asked.length, 1);
            assert.match(asked[0], /"Night Watch"/);
            assert.match(asked[0], /can't be undone/);
          }, gone));
      }

      test("changed while the user thinks", limit, () => {
        let client;
        return withTeam(
          async (ask) => (client = await connect(ask)),
          async () => (await call(client, "update_team", { team_id: "Night Watch", name: "Owls" }), { action: "accept", content: {} }),
          async (_, id, asked) => {
            // A client of today is asked anew, until the team stays as it is; one of before gets a token.
            const got = await call(client, "delete_team", { team_id: id });
            if (asked.length === 1) assert.match(JSON.parse(got.text).would, /Owls/);
            else assert.match(asked[1], /does not count.*\n.*Owls/);
            if (asked.length === 1) await call(client, "delete_team", { team_id: id, confirm: JSON.parse(got.text).confirm });
          },
          true);
      });

      test("no way to ask", limit, () =>
        withTeam(connect, undefined, async (client, id) => {
          const held = JSON.parse((await call(client, "delete_team", { team_id: id })).text);
          assert.equal(held.confirmation_needed, true);
          assert.match(held.would, /"Night Watch"/);
          const other = JSON.parse((await call(client, "delete_team", { team_id: "Search", confirm: held.confirm })).text);
          assert.equal(other.confirmation_needed, true);
          const done = await call(client, "delete_team", { team_id: id, confirm: held.confirm });
          assert.ok(!done.failed, done.text);
        }, true));

      // A client of today asks before it calls again, so that the server waits for nothing.
      if (!name.endsWith("auto"))
        test("silence", limit, () =>
          withTeam(connect, () => new Promise(() => {}), async (client, id) => {
            const held = JSON.parse((await call(client, "delete_team", { team_id: id })).text);
            assert.match(held.note, /^Nobody answered the question within 45 seconds/);
            assert.equal((await call(client, "delete_team", { team_id: id, confirm: held.confirm })).failed, false);
          }, true));
    });
  }
});
