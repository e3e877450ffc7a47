namespace FastTrainLog.Integrations.Tests.ZLogger;

internal sealed class ObservingSink(ObservingSink.Observer observe) : ILogSink
{
    public delegate void Observer(in LogRecord record);

    public void Write(in LogRecord record) => observe(record);

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
