// The runtime is loaded first: it loads the agent itself where the environment turns Studio on, and the agent needs it
// whole.
import "../runtime/index";
export { createStudio, type StudioHandler, type StudioOptions } from "./server/create-studio";
export { storeSource } from "./server/store-source";
export { type Source } from "./server/source";
export type * from "./api";
