namespace FastTrainLog.Generators;

/// <summary>Names the steps of the pipeline.</summary>
internal static class Steps
{
    public const string Files = nameof(Files);

    public const string Errors = nameof(Errors);

    public const string Types = nameof(Types);

    public const string ZLogger = nameof(ZLogger);
}
