namespace FastTrainLog.Benchmarks.Micro;

/// <summary>A classification for which nobody chose a redactor.</summary>
internal sealed class ClassifiedUserAttribute : ClassifiedDataAttribute;
