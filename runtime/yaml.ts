import * as yaml from "js-yaml";
import { yamlKey } from "./codecs/yaml-key";

/**
 * `import "zcache/yaml"` is for bundles of programs that use the codec `yaml`. Otherwise they leave
 * js-yaml out.
 */
(globalThis as { [yamlKey]?: typeof yaml })[yamlKey] = yaml;
