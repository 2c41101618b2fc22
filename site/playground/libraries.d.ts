/** The declarations that examples are checked with, by their paths; build.mjs puts them in. */
declare module "zcache-playground:libraries" {
  const files: Readonly<Record<string, string>>;
  export default files;
}
