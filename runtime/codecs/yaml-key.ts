/** The property where `zcache/yaml` puts js-yaml for all copies of zcache in the process. */
export const yamlKey = Symbol.for("zcache.yaml");
