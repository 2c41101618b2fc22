// expect: not-annotated@10:58
import "zcache";

export class Config {
  static async load(name: string): Promise<string> {
    return (await fetch(`/${name}`)).text();
  }
}

export const reload = (): Promise<string> => Config.load.refresh("main");
