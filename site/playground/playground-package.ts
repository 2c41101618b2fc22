/** The package that examples belong to: keys begin with its name. */
export const playgroundPackage = '{ "name": "playground", "type": "module" }';
