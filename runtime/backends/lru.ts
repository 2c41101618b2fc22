/** Bundled in the built package: as a package's own file it asks for Node's modules in a way that bundles for ES modules can't carry out. */
export { LRUCache } from "lru-cache";
