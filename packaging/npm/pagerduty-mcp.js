#!/usr/bin/env node
// Runs the program for this system, which is in a package of its own that npm installed
// with this one. Nothing is downloaded.
"use strict";

const { spawn } = require("node:child_process");
const os = require("node:os");

const platform = `${process.platform}-${process.arch}`;
const name = `@pagerduty/mcp-${platform}`;
const file = process.platform === "win32" ? "pagerduty-mcp.exe" : "pagerduty-mcp";

let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  const { optionalDependencies } = require("./package.json");
  console.error(
    name in optionalDependencies
      ? `pagerduty-mcp: the package ${name} is not installed. Install again without --omit=optional or --no-optional.`
      : `pagerduty-mcp: there is no package for ${platform}, only for ${Object.keys(optionalDependencies)
          .map((known) => known.replace("@pagerduty/mcp-", ""))
          .join(", ")}. With Go: go install github.com/PagerDuty/pagerduty-mcp@latest`,
  );
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
child.on("error", (error) => {
  console.error(`pagerduty-mcp: ${program} can't be started: ${error.message}`);
  process.exit(1);
});
// The program ends by itself when its client closes stdin. What ends this process by a
// signal has to end it too, or it would be left behind.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("exit", (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code));
