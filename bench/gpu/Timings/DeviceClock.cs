using System.Diagnostics;

namespace FastTrainLog.GpuBench.Timings;

/// <summary>Times work on the legacy default stream, by events on the device and by the clock of the calling thread.</summary>
internal sealed unsafe class DeviceClock
{
    private readonly BenchDriver _driver;
    private readonly delegate* unmanaged<float*, nint, nint, int> _elapsed;
    private readonly nint _begin;
    private readonly nint _end;

    public DeviceClock(BenchDriver driver)
    {
        _driver = driver;
        _elapsed = (delegate* unmanaged<float*, nint, nint, int>)driver.Require("cuEventElapsedTime");
        nint begin, end;
        driver.Driver.Check(driver.Driver.EventCreate(&begin, 0), "cuEventCreate");
        driver.Driver.Check(driver.Driver.EventCreate(&end, 0), "cuEventCreate");
        _begin = begin;
        _end = end;
    }

    /// <summary>Times one round.</summary>
    /// <param name="step">Issues one step.</param>
    /// <param name="steps">How many are issued one after the other.</param>
    /// <param name="hostMicroseconds">Where each step's time on this thread is added.</param>
    /// <returns>The device's milliseconds for a step.</returns>
    public double Round(Action step, int steps, List<double> hostMicroseconds)
    {
        _driver.Driver.Check(_driver.Driver.CtxSynchronize(), "cuCtxSynchronize");
        _driver.Driver.Check(_driver.Driver.EventRecord(_begin, 0), "cuEventRecord");
        for (int i = 0; i < steps; i++)
        {
            long before = Stopwatch.GetTimestamp();
            step();
            hostMicroseconds.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
        }

        _driver.Driver.Check(_driver.Driver.EventRecord(_end, 0), "cuEventRecord");
        _driver.Driver.Check(_driver.Driver.CtxSynchronize(), "cuCtxSynchronize");
        float milliseconds;
        _driver.Driver.Check(_elapsed(&milliseconds, _begin, _end), "cuEventElapsedTime");
        return milliseconds / steps;
    }
}
