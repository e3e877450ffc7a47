using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;

namespace FastTrainLog.Gradients;

/// <summary>Clips the gradients of TorchSharp's modules, optimizers and parameters.</summary>
/// <remarks>
/// <para>
/// Call these on the training thread between <c>backward</c> and the optimizer's <c>step</c>, with one model for each clipper. Gradients are read
/// and written in torch's memory; no background thread ever accesses a tensor. The list of parameters is created in the first call and
/// again when those of the model, the optimizer or the list change: a module or a parameter group was added, a parameter replaced, or one disposed of, as <c>model.to(…)</c>
/// does when it moves or converts them. Otherwise a call allocates nothing. Tied weights count once, see <see cref="GradientBuffer"/>.
/// </para>
/// <para>
/// Gradients on a GPU are clipped by this library's kernels. If those cannot run (no driver, an old one, a failed launch, a lost context) torch's
/// operators are used: they wait for the device and allocate in each step, and the statistics are available at once. <see cref="GradientClipper.DeviceFailure"/> has the
/// reason, and a run that follows the clipper logs it, once.
/// </para>
/// <para>
/// Changes of a module that overrides <c>named_parameters</c> and keeps parameters where TorchSharp does not find them are not detected: call
/// <see cref="ListAgain"/> after they change.
/// </para>
/// </remarks>
public static class TorchGradientClipping
{
    private static readonly ConditionalWeakTable<GradientClipper, ParameterList> Lists = [];

    /// <summary>Measures and limits the gradients of a model's parameters; layers are named as <c>named_parameters</c> names them.</summary>
    /// <param name="clipper">The clipper.</param>
    /// <param name="model">The model.</param>
    /// <param name="step">The training step, as the log shows it.</param>
    /// <param name="inverseScale">One over the loss scale; 1 for unscaled gradients.</param>
    /// <returns>What was measured and done.</returns>
    /// <exception cref="NotSupportedException">A gradient is sparse, has gaps, or is of a type that cannot be clipped; the message names it.</exception>
    /// <exception cref="NonFiniteGradientException">The gradients are not finite and the policy is to throw.</exception>
    public static GradientStatistics Clip(this GradientClipper clipper, torch.nn.Module model, long step, double inverseScale = 1.0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ParameterList list = ListOf(clipper);
        if (!list.IsOf(model))
        {
            list.Take(model, model.named_parameters());
        }

        return clipper.ClipOr(list.Gradients, step, inverseScale, list.Operators);
    }

    /// <summary>Measures and limits the gradients of an optimizer's parameters, named <c>parameter0</c>, <c>parameter1</c> and so on.</summary>
    /// <param name="clipper">The clipper.</param>
    /// <param name="optimizer">The optimizer; all its parameter groups are clipped together.</param>
    /// <param name="step">The training step, as the log shows it.</param>
    /// <param name="inverseScale">One over the loss scale; 1 for unscaled gradients.</param>
    /// <returns>What was measured and done.</returns>
    /// <exception cref="NotSupportedException">A gradient is sparse, has gaps, or is of a type that cannot be clipped; the message names it.</exception>
    /// <exception cref="NonFiniteGradientException">The gradients are not finite and the policy is to throw.</exception>
    public static GradientStatistics Clip(this GradientClipper clipper, torch.optim.Optimizer optimizer, long step, double inverseScale = 1.0)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ParameterList list = ListOf(clipper);
        if (!list.IsOf(optimizer))
        {
            list.Take(optimizer, Numbered(optimizer.parameters()));
        }

        return clipper.ClipOr(list.Gradients, step, inverseScale, list.Operators);
    }

    /// <summary>
    /// Measures and limits the gradients of parameters, named <c>parameter0</c>, <c>parameter1</c> and so on. Pass the same array or list in each
    /// step: any other sequence, such as what <c>model.parameters()</c> creates on each call, is enumerated again each time.
    /// </summary>
    /// <param name="clipper">The clipper.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="step">The training step, as the log shows it.</param>
    /// <param name="inverseScale">One over the loss scale; 1 for unscaled gradients.</param>
    /// <returns>What was measured and done.</returns>
    /// <exception cref="NotSupportedException">A gradient is sparse, has gaps, or is of a type that cannot be clipped; the message names it.</exception>
    /// <exception cref="NonFiniteGradientException">The gradients are not finite and the policy is to throw.</exception>
    public static GradientStatistics Clip(this GradientClipper clipper, IEnumerable<Parameter> parameters, long step, double inverseScale = 1.0)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ParameterList list = ListOf(clipper);
        if (!list.IsOf(parameters))
        {
            list.Take(parameters, Numbered(parameters));
        }

        return clipper.ClipOr(list.Gradients, step, inverseScale, list.Operators);
    }

    /// <summary>Lists the parameters again in the next call: for a module whose parameters TorchSharp does not find.</summary>
    /// <param name="clipper">The clipper.</param>
    public static void ListAgain(this GradientClipper clipper) => Lists.Remove(clipper);

    private static ParameterList ListOf(GradientClipper clipper)
    {
        ArgumentNullException.ThrowIfNull(clipper);
        return Lists.GetValue(clipper, static _ => new ParameterList());
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Numbered(IEnumerable<Parameter> parameters)
        => parameters.Select((parameter, i) => ($"parameter{i}", parameter));
}
