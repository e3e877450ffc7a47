namespace FastTrainLog.Generators.Tests.Pipeline;

/// <summary>Sources in which much of what a log method means stands in other files, and edits that change it or not.</summary>
internal static class EditedSources
{
    public const string Messages = """
        using Microsoft.Extensions.Logging;
        namespace Run;
        public partial class Trainer
        {
            [TrainLog(1, LogLevel.Information, Texts.Step)] private partial void Step(int step, Phase phase);
            [TrainLog(2, (LogLevel)Texts.Level, "{Shape}")] private static partial void Shaped(ILogger logger, Shape shape);
            [TrainLog(3, LogLevel.Debug, "m")] private partial void Started([LogProperties] Plan plan);
            [System.Obsolete] private partial void Other();
            private partial void Other() { }
        }
        """;

    public const string Types = """
        namespace Run;
        public enum Phase { Warmup = Texts.First, Steady }
        public struct Shape { }
        public sealed record Plan(int Epochs, Pace Pace);
        public sealed record Pace(double Rate) { public double Half => Rate / 2; }
        internal static class Texts
        {
            public const string Step = "{Step}";
            public const int Level = 2;
            public const int First = 0;
            public static int Value() { return 1; }
        }
        """;

    public const string Base = """
        using Microsoft.Extensions.Logging;
        namespace Run;
        public abstract class Loop { protected ILogger _logger = null!; }
        public partial class Trainer : Loop { }
        """;

    public const string Imports = "global using FastTrainLog;";

    /// <summary>Gets the edits in turn: the file, the text, what takes its place, and whether that changes what is generated.</summary>
    public static readonly (int File, string Old, string New, bool Changes)[] Edits =
    [
        (1, "return 1", "return 2", false),
        (1, "{ return 2; }", "=> 3;", false),
        (1, "\"{Step}\"", "\"step {Step}\"", true),
        (1, "Level = 2", "Level = 3", true),
        (1, "First = 0", "First = 5", true),
        (1, "Steady }", "Steady, Cooldown }", true),
        (1, "struct Shape { }", "enum Shape { Flat }", true),
        (1, "enum Shape { Flat }", "class Shape { }", true),
        (1, "class Shape { }", "class Shape : System.Exception { }", true),
        (1, "class Shape : System.Exception { }", "class Shape { public override string ToString() => \"shape\"; }", true),
        (1, "=> Rate / 2", "=> Rate * 0.5", false),
        (1, "double Rate", "[FastTrainLog.SecretData] double Rate", true),
        (1, "int Epochs", "[property: FastTrainLog.TagName(\"n\")] int Epochs", true),
        (1, "public double Half", "internal double Half", true),
        (2, "ILogger _logger", "TrainLogger _logger", true),
        (2, "_logger", "_log", true),
        (2, "class Trainer : Loop", "class Trainer(ILogger own) : Loop", false),
        (2, "protected TrainLogger _log", "private TrainLogger _log", true),
        (2, "public partial class Trainer(ILogger own)", "public partial class Trainer(ILogger<Trainer> own)", true),
        (0, "{Shape}", "the shape is {Shape}", true),
        (0, "int step", "long step", true),
        (0, "private partial void Other() { }", "private partial void Other() { Step(1, default); }", false),
        (3, "global using FastTrainLog;", "// none", true),
        (3, "// none", "global using TrainLog = FastTrainLog.TrainLogAttribute;", true),
        (3, "TrainLog =", "Unused =", true),
        (3, "global using Unused = FastTrainLog.TrainLogAttribute;", "global using FastTrainLog;", true),
    ];
}
