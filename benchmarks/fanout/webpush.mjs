// npm's web-push as one would use it for many messages: a keep-alive agent, a hundred at once.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Agent } from "node:https";
import { createInterface } from "node:readline";

const [folder, jobFile, atOnce] = process.argv.slice(2);
const webpush = createRequire(`${folder}/`)("web-push");
const job = JSON.parse(readFileSync(jobFile, "utf8"));
const options = {
  vapidDetails: { subject: job.subject, publicKey: job.public_key, privateKey: job.private_number },
  TTL: 3600,
  urgency: "normal",
  topic: "story-1",
  agent: new Agent({ keepAlive: true, maxSockets: Number(atOnce) }),
  timeout: 15000,
};

// What resourceUsage() tells is no less than what the process had that started this one.
function memory(what) {
  try {
    const kilobytes = readFileSync("/proc/self/status", "utf8").match(new RegExp(`^${what}:\\s+(\\d+)`, "m"));
    return Number(kilobytes[1]) / 1024;
  } catch {
    return null;
  }
}

let next = 0;
async function lane() {
  while (next < job.messages) {
    const subscription = job.subscriptions[next++ % job.subscriptions.length];
    await webpush.sendNotification(subscription, job.payload, options);
  }
}

console.log("ready");
createInterface({ input: process.stdin }).once("line", async () => {
  const idle = memory("VmRSS");
  const before = process.cpuUsage();
  const began = Date.now() / 1000;
  await Promise.all(Array.from({ length: Number(atOnce) }, lane));
  const ended = Date.now() / 1000;
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1e6;
  console.log(JSON.stringify({ messages: job.messages, began, ended, cpu, idle, memory: memory("VmHWM") }));
  process.exit(0);
});
