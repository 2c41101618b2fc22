import * as yaml from "js-yaml";
import { yamlKey } from "./codecs/yaml-key";

/** `import "zcache/yaml"`: for bundles of programs that use the codec `yaml`, which leave js-yaml out otherwise. */
(globalThis as { [yamlKey]?: typeof yaml })[yamlKey] = yaml;
