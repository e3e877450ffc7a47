namespace FastTrainLog.GpuBench.Timings;

/// <summary>One line of the table and of the JSON.</summary>
/// <param name="Model">Whose gradients were clipped.</param>
/// <param name="Type">Their element type.</param>
/// <param name="Lengths">Each tensor's elements.</param>
/// <param name="Operation">What was timed.</param>
/// <param name="Milliseconds">The device's time for a step: the median of the rounds.</param>
/// <param name="GigabytesPerSecond">Bytes read and written over that time.</param>
/// <param name="ShareOfCopy">That bandwidth over that of a device-to-device copy of the same bytes.</param>
/// <param name="HostMicroseconds">The calling thread's time for a step: the median.</param>
/// <param name="HostMicrosecondsP99">The 99th percentile of it.</param>
internal sealed record TimingRow(
    string Model,
    string Type,
    int[] Lengths,
    string Operation,
    double Milliseconds,
    double GigabytesPerSecond,
    double ShareOfCopy,
    double HostMicroseconds,
    double HostMicrosecondsP99);
