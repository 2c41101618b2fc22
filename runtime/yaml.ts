import * as yaml from "js-yaml";
import { yamlKey } from "./codecs/yaml-key";

/**
 * `import "zcache/yaml"` is for bundles of programs that use the codec `yaml`. Without it, a bundle
 * doesn't contain js-yaml.
 */
(globalThis as { [yamlKey]?: typeof yaml })[yamlKey] = yaml;
