/** The service worker, served at /sw.js so that its scope is the whole site. */

import { listen } from "/static/js/worker.js";

listen(/** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self)));
