namespace FastTrainLog.Generators.Emit;

/// <summary>The full names of the types that generated code uses.</summary>
internal static class Names
{
    public const string TrainLogger = "global::FastTrainLog.TrainLogger";
    public const string Records = "global::FastTrainLog.Records";
    public const string CallSite = Records + ".CallSite";
    public const string CallSiteArgument = Records + ".CallSiteArgument";
    public const string ArgumentKind = Records + ".ArgumentKind";
    public const string EnumNames = Records + ".EnumNames";
    public const string RecordWriter = Records + ".RecordWriter";
    public const string LogCall = Records + ".LogCall";
    public const string RecordState = Records + ".RecordState";
    public const string StatePairs = Records + ".StatePairs";
    public const string ExceptionText = Records + ".ExceptionText";
    public const string TextArgument = Records + ".TextArgument";
    public const string MessageArgument = Records + ".MessageArgument";
    public const string PartialCall = Records + ".PartialCall";
    public const string PropertyJson = Records + ".PropertyJson";
    public const string SamplingGate = "global::FastTrainLog.Sampling.SamplingGate";
    public const string RateGate = "global::FastTrainLog.Sampling.RateGate";
    public const string LogLevel = "global::Microsoft.Extensions.Logging.LogLevel";
    public const string EventId = "global::Microsoft.Extensions.Logging.EventId";
    public const string Exception = "global::System.Exception";
    public const string InvariantCulture = "global::System.Globalization.CultureInfo.InvariantCulture";
    public const string Pair = "global::System.Collections.Generic.KeyValuePair<string, object?>";
    public const string PairList = "global::System.Collections.Generic.IReadOnlyList<" + Pair + ">";
    public const string PairEnumerator = "global::System.Collections.Generic.IEnumerator<" + Pair + ">";

    public static readonly string GeneratedCode =
        $"[global::System.CodeDom.Compiler.GeneratedCode(\"FastTrainLog.Generators\", \"{typeof(Names).Assembly.GetName().Version.ToString(3)}\")]";
}
