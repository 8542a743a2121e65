// Starts an unpacked desktop extension as its manifest says, with the settings that a
// person gave, and lists its tools:
//   node run.js DIRECTORY API-HOST FILE-THAT-NAMES-THE-KEY
"use strict";
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const [directory, host, keyFile] = process.argv.slice(2);
const manifest = JSON.parse(fs.readFileSync(path.join(directory, "manifest.json"), "utf8"));
const key = /PAGERDUTY_USER_API_KEY=(\S+)/.exec(fs.readFileSync(keyFile, "utf8"))[1];

function tools(settings) {
  const given = { ...Object.fromEntries(Object.entries(manifest.user_config).map(([name, s]) => [name, s.default])), ...settings };
  const filled = (text) =>
    text.replaceAll("${__dirname}", directory).replaceAll(/\$\{user_config\.(\w+)\}/g, (whole, name) => given[name] ?? whole);
  const { command, args, env } = manifest.server.mcp_config;
  const messages = [
    { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } } },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: 2, method: "tools/list" },
    { jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "list_incidents", arguments: { limit: 1 } } },
  ];
  const ran = spawnSync(filled(command), args.map(filled), {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)])),
    input: messages.map((m) => JSON.stringify(m) + "\n").join(""),
    encoding: "utf8",
  });
  const answers = ran.stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const called = answers.find((a) => a.id === 3);
  if (!called || called.result.isError) throw new Error(`list_incidents fails: ${ran.stderr} ${ran.stdout}`);
  return answers.find((a) => a.id === 2).result.tools.map((tool) => tool.name);
}

function expect(what, got, want) {
  if (got !== want) throw new Error(`${what}: ${got}, want ${want}`);
}
const asItIs = tools({ api_key: key, api_host: host });
expect("tools that change PagerDuty, by default", asItIs.includes("manage_incidents"), false);
expect("triage, by default", asItIs.includes("triage_incident"), true);
const chosen = tools({ api_key: key, api_host: host, toolsets: "incidents", enable_write_tools: true });
expect("tools that change PagerDuty, if wanted", chosen.includes("manage_incidents"), true);
expect("triage, if only incidents are wanted", chosen.includes("triage_incident"), false);
