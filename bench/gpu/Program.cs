using System.Globalization;
using FastTrainLog.GpuBench;
using FastTrainLog.GpuBench.Timings;
using FastTrainLog.Gradients.Cuda;

const int Failed = 1, NoGpu = 2, Misused = 64;
string library = CudaDriver.DefaultLibrary;
string? output = null;
int ordinal = 0;
bool quick = false, check = true, time = true;
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
        case "--device" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out ordinal) && ordinal >= 0:
            i++;
            break;
        case "--driver" when i + 1 < args.Length:
            library = args[++i];
            break;
        case "--out" when i + 1 < args.Length:
            output = args[++i];
            break;
        default:
            Console.Error.WriteLine(
                $"{args[i]}: not understood. Usage: FastTrainLog.GpuBench [check|time] [--device N] [--quick] [--out FILE.json] [--driver LIBRARY]");
            return Misused;
    }
}

try
{
    BenchDriver driver = BenchDriver.Load(library);
    string name, version;
    using (var device = new CudaDevice(driver.Driver, ordinal, CudaDevice.EmbeddedPtx()))
    {
        (name, version) = (device.Name, device.DriverVersion);
    }

    Console.WriteLine($"cuda:{ordinal} {name}, driver for CUDA {version}");
    int failures = check ? Checks.Run(driver, ordinal, quick) : 0;
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
catch (CudaUnavailableException unavailable)
{
    Console.Error.WriteLine($"Nothing was measured: {unavailable.Message}.");
    return NoGpu;
}
