using System.Globalization;
using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Timings;
using FastTrainLog.Gradients.Cuda;

const int Failed = 1, NoGpu = 2, Misused = 64;
var libraries = new List<string>();
string? output = null;
int ordinal = 0;
bool quick = false, failFast = false, check = true, time = true;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "check":
            time = false;
            break;
        case "time":
            check = false;
            break;
        case "--quick":
            quick = true;
            break;
        case "--fail-fast":
            failFast = true;
            break;
        case "--device" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out ordinal) && ordinal >= 0:
            i++;
            break;
        case "--driver" when i + 1 < args.Length:
            libraries.Add(args[++i]);
            break;
        case "--out" when i + 1 < args.Length:
            output = args[++i];
            break;
        default:
            Console.Error.WriteLine(
                $"{args[i]}: not understood. Usage: FastTrainLog.GpuBench [check|time] [--device N] [--quick] [--fail-fast] [--out FILE.json] [--driver LIBRARY]");
            return Misused;
    }
}

int status = 0;
foreach (string library in libraries.DefaultIfEmpty(CudaDriver.DefaultLibrary))
{
    try
    {
        status = Math.Max(status, Run(library));
    }
    catch (CudaUnavailableException unavailable)
    {
        Console.Error.WriteLine($"Nothing was measured: {unavailable.Message}.");
        status = NoGpu;
    }
}

return status;

int Run(string library)
{
    BenchDriver driver = BenchDriver.Load(library);
    string name, version;
    using (var device = new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx()))
    {
        (name, version) = (device.Name, device.DriverVersion);
    }

    Console.WriteLine($"{library}: cuda:{ordinal} {name}, driver for CUDA {version}");
    int failures = check ? Checks.Run(driver, ordinal, quick, failFast) : 0;
    if (time)
    {
        List<TimingRow> rows = new TimingRun(driver, ordinal, quick).Run();
        TimingRun.PrintBars(rows);
        if (output is not null)
        {
            TimingJson.Write(output, name, version, rows);
        }
    }

    return failures == 0 ? 0 : Failed;
}
