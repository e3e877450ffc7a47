namespace FastTrainLog.Gradients;

/// <summary>
/// Runs a few steps on small buffers, so that the code of the first real step is compiled by then. Without it the first step of a
/// small model takes milliseconds.
/// </summary>
internal static unsafe class ClipperRehearsal
{
    private const int Elements = 100;

    /// <summary>Clips small buffers of each type, finite and non-finite.</summary>
    /// <param name="options">The settings of the clipper that is being created.</param>
    /// <param name="level">Its vector width.</param>
    public static void Run(GradientClipperOptions options, SimdLevel level)
    {
        byte* memory = stackalloc byte[sizeof(double) * Elements];
        ReadOnlySpan<GradientType> types = [GradientType.Float32, GradientType.Float64, GradientType.Float16, GradientType.BFloat16];
        foreach (GradientType type in types)
        {
            ReadOnlySpan<GradientBuffer> buffers = [new GradientBuffer("rehearsal", (nint)memory, Elements, type)];
            using var own = new GradientClipper(options, level, rehearse: false);
            using var sanitizing = new GradientClipper(options with { NonFinite = NonFinitePolicy.Sanitize }, level, rehearse: false);

            // Bytes of 0x3C are small positive numbers in all four types, bytes of 0xFF are NaN.
            new Span<byte>(memory, sizeof(double) * Elements).Fill(0x3C);
            own.Clip(buffers, step: 0);
            own.Clip(buffers, step: 0, inverseScale: 0.5);
            new Span<byte>(memory, sizeof(double) * Elements).Fill(0xFF);
            sanitizing.Clip(buffers, step: 0);
        }
    }
}
