// The log's service worker: from the first visit of a signed-in owner until the sign-out.
export async function register() {
  try {
    const made = await navigator.serviceWorker?.register("/hours/worker.mjs", { scope: "/hours/log", type: "module", updateViaCache: "none" });
    return made ?? null;
  } catch {
    return null; // a browser without modules in workers: everything but the page without a network still works
  }
}
