declare class ModuleRef {
  get<T>(type: new (...args: never[]) => T): T;
}
declare function Injectable(): (target: object) => void;

@Injectable()
class Rates {
  rate(code: string): number {
    return code.length;
  }
}

@Injectable()
export class Prices {
  constructor(private readonly moduleRef: ModuleRef) {}

  // @zcache
  async price(code: string): Promise<number> {
    return this.moduleRef.get(Rates).rate(code);
  }
}
