// expect: incomplete-key@18:6
// The default of a decorated parameter runs in each call, and the body reads what a caller sets.
declare const db: { get(prefix: string, id: number): Promise<string> };
declare const routes: string[];

let prefix = "v1";
export function servedUnder(name: string): void {
  prefix = name;
}
function Param(name: string): ParameterDecorator {
  return (_target, method) => {
    routes.push(`${String(method)}/${name}`);
  };
}
const current = (): string => prefix;

export class Users {
  // @zcache
  async find(@Param("id") id: number): Promise<string> {
    return db.get(current(), id);
  }
}
