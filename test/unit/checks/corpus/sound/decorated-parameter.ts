// A decorator of a parameter runs when the class is made, and not when the method is called.
declare const db: { get(id: number): Promise<string> };
declare const routes: string[];

let prefix = "v1";
export function servedUnder(name: string): void {
  prefix = name;
}
function Param(name: string): ParameterDecorator {
  return (_target, method) => {
    routes.push(`${prefix}/${String(method)}/${name}`);
  };
}

export class Users {
  // @zcache
  async find(@Param("id") id: number): Promise<string> {
    return db.get(id);
  }
}
