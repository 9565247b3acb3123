import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeBrowser } from "./browser.js";

const browser = fakeBrowser();
const { keepAlarms, setAlarms } = await import("../../extension/src/health/alarms.js");

const standing = (how) => ({ how, trouble: null, at: 0 });
const look = () => browser.held.get("look")?.periodInMinutes;

beforeEach(() => browser.held.clear());

test("where the feed rings it is looked at every five minutes, elsewhere every half hour", async () => {
  for (const [how, minutes] of [
    ["polling", 5],
    ["waiting", 5],
    ["push", 30],
    ["linked", 30],
    ["polling", 5],
  ]) {
    await setAlarms(standing(how), { tries: 0 });
    assert.equal(look(), minutes, how);
  }
});

test("who follows nothing looks at nothing, and is looked after daily all the same", async () => {
  await setAlarms(standing("polling"), { tries: 0 });
  await setAlarms(standing("idle"), { tries: 0 });
  assert.deepEqual([...browser.held.keys()], ["health"]);
});

test("alarms that an update or a restart cleared are put back, each for its reason", async () => {
  await keepAlarms({ standing: standing("polling"), tries: 1, unsentTries: 2 });
  assert.deepEqual([...browser.held.keys()].sort(), ["health", "look", "retry", "saves"]);
});

test("a look that is set already keeps its time", async () => {
  await setAlarms(standing("polling"), { tries: 0 });
  const first = browser.held.get("look");
  await keepAlarms({ standing: standing("polling"), tries: 0, unsentTries: 0 });
  await setAlarms(standing("polling"), { tries: 0 });
  assert.equal(browser.held.get("look"), first);
});

test("an alarm that a clock ahead of time set for years to come is set anew; one that comes in time is not", async () => {
  const state = { standing: standing("polling"), tries: 1, unsentTries: 9 };
  const holding = async (minutesLate) => {
    for (const [name, minutes] of Object.entries({ health: 1440, look: 5, retry: 60, saves: 60 })) {
      const lasting = name === "health" || name === "look" ? { periodInMinutes: minutes } : {};
      const scheduledTime = Date.now() + (minutes + minutesLate) * 60_000;
      browser.held.set(name, { name, ...lasting, scheduledTime, found: true });
    }
    await keepAlarms(state);
    return [...browser.held.values()].filter(({ found }) => found).map(({ name }) => name);
  };
  assert.deepEqual(await holding(0), ["health", "look", "retry", "saves"]);
  assert.deepEqual(await holding(3), []);
  assert.equal(browser.held.get("look").periodInMinutes, 5);
  assert.equal(browser.held.get("saves").delayInMinutes, 60);
});
