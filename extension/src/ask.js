/** How a page of the extension asks its background. */

import { runtime } from "./platform.js";

/** @typedef {import("./messages.js").Table} Table */

/** The background could not do what was asked. */
export class Failed extends Error {
  name = "Failed";

  /** @param {import("./state.js").Trouble} trouble */
  constructor(trouble) {
    super(trouble.message || trouble.code);
    this.trouble = trouble;
  }
}

/**
 * @template {keyof Table} K
 * @param {K} kind
 * @param {Parameters<Table[K]> extends [infer B] ? B : {}} [body]
 * @returns {Promise<Awaited<ReturnType<Table[K]>>>}
 */
export async function ask(kind, body) {
  const reply = await runtime.sendMessage({ kind, body: body ?? {} });
  if (!reply || reply.trouble) {
    throw new Failed(reply?.trouble ?? { code: "unexpected", message: "No answer.", passing: false });
  }
  return reply.value;
}
