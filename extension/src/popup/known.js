/** What the extension knows, asked for before the rest of the popup's script has come. */

import { maySayThings } from "../platform.js";
import { readFirst } from "../state.js";

export const known = Promise.all([readFirst(), maySayThings()]);
