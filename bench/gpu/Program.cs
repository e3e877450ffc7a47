using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Cases;
using FastTrainLog.Gradients.Cuda;

string library = CudaDriver.DefaultLibrary;
int at = Array.IndexOf(args, "--driver");
if (at >= 0)
{
    library = args[at + 1];
}

try
{
    var runner = new CaseRunner(BenchDriver.Load(library), 0, new CudaTuning(64, 4096, 2, 0));
    int run = 0, wrong = 0;
    foreach (ClipCase clipCase in ClipCases.All(4096))
    {
        run++;
        if (runner.Run(clipCase) is string message)
        {
            wrong++;
            Console.WriteLine($"{clipCase}: {message}");
        }
    }

    Console.WriteLine($"{run - wrong} passed, {wrong} failed; worst norm error {runner.WorstNormError:E2}, half types {runner.WorstHalfTypeNormError:E2}");
    return wrong == 0 ? 0 : 1;
}
catch (CudaUnavailableException unavailable)
{
    Console.Error.WriteLine($"No GPU to measure: {unavailable.Message}.");
    return 2;
}
