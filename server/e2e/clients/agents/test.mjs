// Sets up agents that npm brings with 'pagerduty-mcp configure', on a clean home
// directory, and asks them what servers they see.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "node:test";
import { promisify } from "node:util";

import { secret, served } from "../served.mjs";

const program = process.env.PAGERDUTY_MCP;
assert.ok(program, "PAGERDUTY_MCP must name the program");
const bin = resolve(process.env.AGENTS ?? "node_modules/.bin");
const limit = { timeout: 300_000 };

// endDaemons ends what agents leave running in somebody's home, as Cline does.
function endDaemons(home) {
  if (!existsSync("/proc/self/cmdline")) {
    return; // only Linux shows it here
  }
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(home)) {
        process.kill(Number(pid), "SIGKILL"); // so that it writes nothing any more
      }
    } catch {
      // It has ended, or is somebody else's.
    }
  }
}

// person is somebody with a home directory of their own, and a project in it.
function person(t) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "agents-")));
  t.after(() => {
    endDaemons(home);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const project = join(home, "shop");
  mkdirSync(project);
  const env = { PATH: process.env.PATH, HOME: home, PAGERDUTY_MCP_KEYCHAIN: "off", DISABLE_AUTOUPDATER: "1", NO_COLOR: "1", DO_NOT_TRACK: "1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1" };
  const run = async (command, ...args) => {
    const child = promisify(execFile)(command, args, { env, cwd: project, timeout: 120_000 });
    child.child.stdin.end();
    const { stdout, stderr } = await child;
    return stdout + stderr;
  };
  return {
    home,
    project,
    agent: (name, ...args) => run(join(bin, name), ...args),
    configure: (...args) => run(program, "configure", ...args),
  };
}

test("Claude Code", limit, async (t) => {
  for (const scope of ["user", "project"]) {
    const p = person(t);
    await p.configure("claude-code", "--sandbox", "--scope", scope);
    const seen = await p.agent("claude", "mcp", "list");
    // A project's servers wait for the user's consent.
    assert.match(seen, scope === "user" ? /pagerduty: .*--sandbox - . Connected/ : /pagerduty: .*--sandbox - .*(Pending|Connected)/i);
    await p.configure("claude-code", "--remove", "--scope", scope);
    assert.doesNotMatch(await p.agent("claude", "mcp", "list"), /pagerduty/);
  }
});

test("Codex", limit, async (t) => {
  const p = person(t);
  await p.agent("codex", "mcp", "add", "other", "--env", "A=b", "--", "/bin/true");
  await p.configure("codex", "--toolsets", "people", "--key-from", "environment");
  const servers = JSON.parse((await p.agent("codex", "mcp", "list", "--json")).replace(/^WARNING.*$/m, ""));
  const { command, args, env_vars } = servers.find((s) => s.name === "pagerduty").transport;
  assert.deepEqual({ command, args, env_vars }, { command: program, args: ["people"], env_vars: ["PAGERDUTY_USER_API_KEY"] });
  assert.deepEqual(servers.find((s) => s.name === "other").transport.env, { A: "b" });
  await p.agent("codex", "mcp", "remove", "pagerduty");
  assert.doesNotMatch(await p.agent("codex", "mcp", "list"), /pagerduty/);
  appendFileSync(join(p.home, ".codex", "config.toml"), `\n[projects."${p.project}"]\ntrust_level = "trusted"\n`);
  await p.configure("codex", "--scope", "project");
  assert.match(await p.agent("codex", "mcp", "list"), /pagerduty.*enabled/);
});

test("Gemini CLI", limit, async (t) => {
  const p = person(t);
  await p.configure("gemini", "--sandbox");
  writeFileSync(join(p.home, ".gemini", "trustedFolders.json"), JSON.stringify({ [p.project]: "TRUST_FOLDER" }));
  assert.match(await p.agent("gemini", "mcp", "list"), /pagerduty: .*--sandbox \(stdio\) - Connected/);
});

test("Gemini CLI over HTTP", limit, async (t) => {
  const p = person(t);
  const url = await served(t, "incidents");
  await p.agent("gemini", "mcp", "add", "--transport", "http", "--header", `Authorization: Bearer ${secret}`, "pagerduty", url);
  writeFileSync(join(p.home, ".gemini", "trustedFolders.json"), JSON.stringify({ [p.project]: "TRUST_FOLDER" }));
  assert.match(await p.agent("gemini", "mcp", "list"), /pagerduty: .*\(http\) - Connected/);
});

test("opencode", limit, async (t) => {
  for (const scope of ["user", "project"]) {
    const p = person(t);
    await p.configure("opencode", "--sandbox", "--scope", scope);
    assert.match(await p.agent("opencode", "mcp", "list"), /pagerduty.*connected/);
  }
});

// Cline's command line has no list of servers. A model that it calls sees their tools.
test("Cline", limit, async (t) => {
  const p = person(t);
  let tools = [];
  const model = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      tools = JSON.parse(body).tools.map((tool) => tool.function.name);
      const chunk = (delta, finish_reason) =>
        `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(chunk({ role: "assistant", content: "hi" }, null) + chunk({}, "stop") + "data: [DONE]\n\n");
    });
  });
  await new Promise((done) => model.listen(0, "127.0.0.1", done));
  t.after(() => model.close());
  await p.configure("cline", "--sandbox");
  await p.agent("cline", "auth", "-p", "openai", "-k", "none", "-m", "m", "-b", `http://127.0.0.1:${model.address().port}/v1`);
  await p.agent("cline", "--json", "-t", "60", "say hi");
  assert.ok(tools.includes("pagerduty__list_incidents"), tools.join(" "));
  await p.agent("cline", "mcp", "uninstall", "pagerduty");
});
