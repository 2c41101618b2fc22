// A container gives the one value that the program provides under a token to every object.
declare function Injectable(): ClassDecorator;
declare function Module(options: object): ClassDecorator;
declare function Inject(token: string): ParameterDecorator;
interface Jobs {
  size(): Promise<number>;
}
export const BUFFERED = "BUFFERED";
export const PREFIX = "PREFIX";

@Injectable()
export class Updates {
  constructor(
    private readonly jobs: Jobs,
    @Inject(BUFFERED) private readonly isBuffered: boolean,
    @Inject(PREFIX) private readonly prefix: string,
  ) {}

  // @zcache
  async pending(queue: string): Promise<string> {
    return this.isBuffered ? `${this.prefix}${queue}${await this.jobs.size()}` : "";
  }
}

@Module({
  providers: [
    Updates,
    { provide: PREFIX, useValue: "updates:" },
    { provide: BUFFERED, useFactory: () => UpdatesModule.options.isBuffered },
  ],
})
export class UpdatesModule {
  static options = { isBuffered: false };
}
