// The runtime is loaded first. It loads the agent itself if the environment variable turns Studio
// on, and the agent needs the whole runtime.
import "../runtime/index";
export { createStudio, type StudioHandler, type StudioOptions } from "./server/create-studio";
export { storeSource } from "./server/store-source";
export { type Source } from "./server/source";
export type * from "./api";
