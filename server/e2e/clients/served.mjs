// Starts the program over HTTP, for the tests of clients that others wrote.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const secret = "secret-of-the-tests-0123456789abcdef";

// served starts the program, with callers who prove themselves by the secret, and returns
// where it is. It ends with the test.
export async function served(t, ...args) {
  const dir = mkdtempSync(join(tmpdir(), "served-"));
  const secrets = join(dir, "secrets");
  writeFileSync(secrets, `tester write ${secret}\n`, { mode: 0o600 });
  const child = spawn(process.env.PAGERDUTY_MCP, [...args, "--sandbox", "--transport", "http", "--port", "0", "--auth", "secret", "--auth-token-file", secrets, "--drain-wait", "0s"],
    { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((done) => child.on("exit", done));
  t.after(async () => {
    child.kill();
    await ended;
    rmSync(dir, { recursive: true, force: true });
  });
  return new Promise((found, failed) => {
    const log = [];
    createInterface(child.stderr).on("line", (line) => {
      log.push(line);
      const at = line.match(/msg=serving url=(\S+)/);
      if (at) found(at[1]);
    });
    ended.then(() => failed(new Error(log.join("\n"))));
  });
}
