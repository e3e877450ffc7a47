using FastTrainLog.Benchmarks.Numbers;

switch (args)
{
    case ["numbers"]:
        NumbersBenchmark.Run();
        return 0;
    case ["numbers-proof", .. string[] options]:
        return NumbersProof.Run(options);
    default:
        Console.Error.WriteLine("""
            usage: dotnet run -c Release --project bench/FastTrainLog.Benchmarks -- COMMAND
              numbers                        ns per number written as text, against the framework
              numbers-proof [--floats all|N] [--doubles N] [--formats shortest,F4,…] [--threads N] [--seed N]
                                             compares the text of numbers with the framework's, byte for byte
            """);
        return 2;
}
