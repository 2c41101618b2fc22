/**
 * It is bundled in the built package. As the package's own file it requires Node's modules in a way
 * that bundles of ES modules don't support.
 */
export { LRUCache } from "lru-cache";
