namespace FastTrainLog.Generators.Tests.Pipeline;

/// <summary>Sources in which much of what a log method means stands in other files, and edits that change it or not.</summary>
internal static class EditedSources
{
    public static readonly string[] Files =
    [
        """
        using System;
        using Microsoft.Extensions.Logging;
        using static Run.Constants;

        namespace Run;

        public partial class Trainer
        {
            [TrainLog(1, LogLevel.Information, Texts.Step)] private partial void Step(int step, Phase phase);

            [TrainLog(2, (LogLevel)Texts.Level, "{Shape}")] private static partial void Shaped(ILogger logger, Shape shape);

            [TrainLog(3, LogLevel.Debug, "m")] private partial void Started([LogFields] Plan plan);

            [TrainLog(4, LogLevel.Debug, nameof(Texts.Value))] private partial void Named();

            [TrainLog(5, LogLevel.Debug, Greeting)] private partial void Greeted([Confidential] double rate);

            [TrainLog(6, LogLevel.Debug, Farewell)] private partial void Left(TimeSpan after);

            [System.Obsolete] private partial void Other();

            private partial void Other() { }
        }
        """,
        """
        using Speed = System.Double;
        using Grade = Run.Quality;
        namespace Run;
        public enum Phase { Warmup = Texts.First, Steady }
        public struct Shape { }
        public sealed record Plan(int Epochs, Pace Pace);
        public sealed record Pace(Speed Rate) { public double Half => Rate / 2; public Grade Grade => default; }
        internal static class Texts
        {
            public const string Step = "{Step}";
            public const int Level = 2;
            public const int First = 0;
            public static readonly int Second = 1;
            public static int Value() { return 1; }
        }
        """,
        """
        using Microsoft.Extensions.Logging;
        namespace Run;
        public abstract class Loop { protected ILogger _logger = null!; }
        public partial class Trainer : Loop { }
        """,
        "global using FastTrainLog; global using static Run.Everywhere;",
        """
        using System;
        namespace Run
        {
            public class ConfidentialAttribute : PlainMark { }
            public class PlainMark : Attribute { }
            public static class Constants { public const string Greeting = "hello"; }
            public static class Everywhere { public const string Farewell = "bye"; }
            public enum Quality { Low }
            public static class Unused { public static int Count() { return 1; } }
        }
        """,
    ];

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
        (1, "(Speed Rate)", "([FastTrainLog.SecretData] Speed Rate)", true),
        (1, "int Epochs", "[property: FastTrainLog.LogName(\"n\")] int Epochs", true),
        (1, "public double Half", "internal double Half", true),
        (1, "Speed = System.Double", "Speed = System.Single", false),
        (1, "[FastTrainLog.SecretData] Speed", "Speed", true),
        (1, "Speed = System.Single", "Speed = System.Double", true),
        (1, "Second = 1", "Second = 2", false),
        (1, "Value() =>", "Another() =>", false),
        (1, "Another() =>", "Value(int of = 0) =>", false),
        (1, "namespace Run;", "#nullable disable\nnamespace Run;", false),
        (2, "ILogger _logger", "TrainLogger _logger", true),
        (2, "_logger", "_log", true),
        (2, "class Trainer : Loop", "class Trainer(ILogger own) : Loop", false),
        (2, "protected TrainLogger _log", "private TrainLogger _log", true),
        (2, "public partial class Trainer(ILogger own)", "public partial class Trainer(ILogger<Trainer> own)", true),
        (0, "{Shape}", "the shape is {Shape}", true),
        (0, "int step", "long step", true),
        (0, "private partial void Other() { }", "private partial void Other() { Step(1, default); }", false),
        (4, "PlainMark : Attribute", "PlainMark : ClassifiedDataAttribute", true),
        (4, "\"hello\"", "\"good morning\"", true),
        (4, "Quality { Low }", "Quality { Low, High }", true),
        (4, "Greeting =", "Greetings =", true),
        (4, "Greetings =", "Greeting =", true),
        (4, "\"bye\"", "\"good night\"", true),
        (4, "int Count() { return 1; }", "long Count(int of) { return of; }", false),
        (4, "static class Unused", "static class Used", false),
        (4, "public static class Used", "public readonly struct TimeSpan; public static class Used", true),
        (4, "public readonly struct TimeSpan;", "public readonly struct Duration;", true),
        (4, "public readonly struct Duration;", "internal class SpeedAttribute : Attribute;", false),
        (4, "namespace Run\n", "namespace System { public class Half; }\nnamespace Run\n", false),
        (3, "global using FastTrainLog;", "// none", true),
        (3, "// none", "global using TrainLog = FastTrainLog.TrainLogAttribute;", true),
        (3, "TrainLog =", "Unknown =", true),
        (3, "global using Unknown = FastTrainLog.TrainLogAttribute;", "global using FastTrainLog;", true),
    ];
}
