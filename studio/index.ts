export { createStudio, type StudioHandler, type StudioOptions } from "./server/create-studio";
export { storeSource } from "./server/store-source";
export { type Source } from "./server/source";
export type * from "./api";
