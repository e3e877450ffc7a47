using FastTrainLog.State;

namespace FastTrainLog.Shipping.TensorBoard;

/// <summary>An event file that TensorBoard reads: scalars, histograms and texts, each with a tag, a step and a time; and where training went back to an earlier step.</summary>
/// <remarks>
/// The messages are those of event.proto, summary.proto, histogram.proto and tensor.proto in tensorflow/tensorboard, their fields named in
/// the constants here. Scalars and histograms take the plain form, <c>simple_value</c> and <c>histo</c>, which every reader knows, the old
/// ones too. Not thread-safe.
/// </remarks>
internal sealed class EventFile : IDisposable
{
    private const string FormatVersion = "brain.Event:2";
    private const int StringType = 7;
    private const int TensorData = 2;
    private const int SessionStart = 1;

    private readonly RecordFile _records;
    private readonly ProtobufWriter _event = new();
    private readonly HashSet<string> _textTags = [];

    /// <summary>Initializes a file on a stream, which it closes in the end.</summary>
    /// <param name="stream">The stream.</param>
    public EventFile(Stream stream) => _records = new RecordFile(stream);

    /// <summary>The names of the files that are written here.</summary>
    public const string Pattern = "events.out.tfevents.*.fasttrainlog";

    /// <summary>Returns a file's name, by which TensorBoard recognises and orders it.</summary>
    public static string NameFor(DateTime startTime) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"events.out.tfevents.{(long)Seconds(startTime):D10}.fasttrainlog");

    /// <summary>Writes the version, with which a file begins.</summary>
    /// <param name="startTime">When the first event happened, in UTC.</param>
    public void Begin(DateTime startTime)
    {
        _event.Double(EventField.WallTime, Seconds(startTime));
        _event.Text(EventField.FileVersion, FormatVersion);
        End();
    }

    /// <summary>Adds the scalars of a step.</summary>
    public void AddScalars(long step, DateTime time, IReadOnlyList<(string Tag, double Value)> scalars)
    {
        int summary = BeginSummary(step, time);
        foreach ((string tag, double value) in scalars)
        {
            int message = BeginValue(tag);
            _event.Fixed(ValueField.SimpleValue, BitConverter.SingleToUInt32Bits((float)value));
            _event.End(message);
        }

        EndSummary(summary);
    }

    public void AddHistogram(string tag, long step, DateTime time, HistogramSummary histogram)
    {
        int summary = BeginSummary(step, time);
        int value = BeginValue(tag);
        int message = _event.Begin(ValueField.Histogram);
        _event.Double(HistogramField.Min, histogram.Min);
        _event.Double(HistogramField.Max, histogram.Max);
        _event.Double(HistogramField.Count, histogram.Count);
        _event.Double(HistogramField.Sum, histogram.Sum);
        _event.Double(HistogramField.SumOfSquares, histogram.SumOfSquares);
        _event.Doubles(HistogramField.BucketLimits, histogram.Limits);
        _event.Doubles(HistogramField.Buckets, histogram.Counts);
        _event.End(message);
        _event.End(value);
        EndSummary(summary);
    }

    /// <summary>Adds a text in Markdown.</summary>
    public void AddText(string tag, long step, DateTime time, string markdown)
    {
        int summary = BeginSummary(step, time);
        int value = BeginValue(tag);
        if (_textTags.Add(tag))
        {
            // The plugin of a tag is specified with its first value only.
            int metadata = _event.Begin(ValueField.Metadata);
            int plugin = _event.Begin(MetadataField.PluginData);
            _event.Text(MetadataField.PluginName, "text");
            _event.End(plugin);
            _event.Number(MetadataField.DataClass, TensorData);
            _event.End(metadata);
        }

        int tensor = _event.Begin(ValueField.Tensor);
        _event.Number(TensorField.Type, StringType);
        int shape = _event.Begin(TensorField.Shape);
        int dimension = _event.Begin(TensorField.Dimension);
        _event.Number(TensorField.Size, 1);
        _event.End(dimension);
        _event.End(shape);
        _event.Text(TensorField.Strings, markdown);
        _event.End(tensor);
        _event.End(value);
        EndSummary(summary);
    }

    /// <summary>Notes that training goes on from a step that was there before: TensorBoard drops what stands at it and after it so far.</summary>
    public void AddSessionStart(long step, DateTime time)
    {
        BeginEvent(step, time);
        int session = _event.Begin(EventField.SessionLog);
        _event.Number(SessionField.Status, SessionStart);
        _event.End(session);
        End();
    }

    /// <summary>Serialises the state that is kept from one event to the next.</summary>
    public void Carry(StateCodec codec)
    {
        List<string> tags = [.. _textTags];
        codec.List(tags, codec.Text);
        _textTags.UnionWith(tags);
    }

    public void Dispose() => _records.Dispose();

    private void BeginEvent(long step, DateTime time)
    {
        _event.Double(EventField.WallTime, Seconds(time));
        _event.Number(EventField.Step, (ulong)step);
    }

    private int BeginSummary(long step, DateTime time)
    {
        BeginEvent(step, time);
        return _event.Begin(EventField.Summary);
    }

    private int BeginValue(string tag)
    {
        int value = _event.Begin(ValueField.InSummary);
        _event.Text(ValueField.Tag, tag);
        return value;
    }

    private void EndSummary(int summary)
    {
        _event.End(summary);
        End();
    }

    private void End()
    {
        _records.Append(_event.Written);
        _event.Clear();
    }

    private static double Seconds(DateTime time) => (time - DateTime.UnixEpoch).TotalSeconds;

    private static class EventField
    {
        public const int WallTime = 1;
        public const int Step = 2;
        public const int FileVersion = 3;
        public const int Summary = 5;
        public const int SessionLog = 7;
    }

    private static class SessionField
    {
        public const int Status = 1;
    }

    private static class ValueField
    {
        public const int InSummary = 1;
        public const int Tag = 1;
        public const int SimpleValue = 2;
        public const int Histogram = 5;
        public const int Tensor = 8;
        public const int Metadata = 9;
    }

    private static class MetadataField
    {
        public const int PluginData = 1;
        public const int PluginName = 1;
        public const int DataClass = 4;
    }

    private static class HistogramField
    {
        public const int Min = 1;
        public const int Max = 2;
        public const int Count = 3;
        public const int Sum = 4;
        public const int SumOfSquares = 5;
        public const int BucketLimits = 6;
        public const int Buckets = 7;
    }

    private static class TensorField
    {
        public const int Type = 1;
        public const int Shape = 2;
        public const int Dimension = 2;
        public const int Size = 1;
        public const int Strings = 8;
    }
}
