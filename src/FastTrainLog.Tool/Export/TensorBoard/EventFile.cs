namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>An event file that TensorBoard reads: scalars, histograms and texts, each with a tag, a step and a time.</summary>
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

    private readonly RecordFile _records;
    private readonly ProtobufWriter _event = new();
    private readonly HashSet<string> _textTags = [];

    /// <summary>Initializes a file on a stream, which it closes in the end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="startTime">When the first event happened, in UTC.</param>
    public EventFile(Stream stream, DateTime startTime)
    {
        _records = new RecordFile(stream);
        _event.Double(EventField.WallTime, Seconds(startTime));
        _event.String(EventField.FileVersion, FormatVersion);
        End();
    }

    /// <summary>The names of the files that an export writes.</summary>
    public const string Pattern = "events.out.tfevents.*.fasttrainlog";

    /// <summary>Returns a file's name, by which TensorBoard recognises and orders it.</summary>
    public static string NameFor(DateTime startTime) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"events.out.tfevents.{(long)Seconds(startTime):D10}.fasttrainlog");

    /// <summary>Adds the scalars of a step.</summary>
    public void AddScalars(long step, DateTime time, IReadOnlyList<(string Tag, double Value)> scalars) => Add(step, time, summary =>
    {
        foreach ((string tag, double value) in scalars)
        {
            summary.Message(ValueField.InSummary, message =>
            {
                message.String(ValueField.Tag, tag);
                message.Float(ValueField.SimpleValue, (float)value);
            });
        }
    });

    public void AddHistogram(string tag, long step, DateTime time, HistogramSummary histogram) => AddValue(step, time, summary =>
    {
        summary.String(ValueField.Tag, tag);
        summary.Message(ValueField.Histogram, message =>
        {
            message.Double(HistogramField.Min, histogram.Min);
            message.Double(HistogramField.Max, histogram.Max);
            message.Double(HistogramField.Count, histogram.Count);
            message.Double(HistogramField.Sum, histogram.Sum);
            message.Double(HistogramField.SumOfSquares, histogram.SumOfSquares);
            message.Doubles(HistogramField.BucketLimits, histogram.Limits);
            message.Doubles(HistogramField.Buckets, histogram.Counts);
        });
    });

    /// <summary>Adds a text in Markdown.</summary>
    public void AddText(string tag, long step, DateTime time, string markdown) => AddValue(step, time, summary =>
    {
        summary.String(ValueField.Tag, tag);
        if (_textTags.Add(tag))
        {
            // The plugin of a tag is specified with its first value only.
            summary.Message(ValueField.Metadata, metadata =>
            {
                metadata.Message(MetadataField.PluginData, plugin => plugin.String(MetadataField.PluginName, "text"));
                metadata.Int64(MetadataField.DataClass, TensorData);
            });
        }

        summary.Message(ValueField.Tensor, tensor =>
        {
            tensor.Int64(TensorField.Type, StringType);
            tensor.Message(TensorField.Shape, shape => shape.Message(TensorField.Dimension, dimension => dimension.Int64(TensorField.Size, 1)));
            tensor.String(TensorField.Strings, markdown);
        });
    });

    public void Dispose() => _records.Dispose();

    private void AddValue(long step, DateTime time, Action<ProtobufWriter> writeValue) =>
        Add(step, time, summary => summary.Message(ValueField.InSummary, writeValue));

    private void Add(long step, DateTime time, Action<ProtobufWriter> writeSummary)
    {
        _event.Double(EventField.WallTime, Seconds(time));
        _event.Int64(EventField.Step, step);
        _event.Message(EventField.Summary, writeSummary);
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
