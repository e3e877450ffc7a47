using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;

namespace FastTrainLog.Gradients;

/// <summary>Clips the gradients of TorchSharp's modules, optimizers and parameters.</summary>
/// <remarks>
/// <para>
/// Call these on the training thread between <c>backward</c> and the optimizer's <c>step</c>, with one model for each clipper. Gradients are read
/// and written where torch keeps them; nothing in the background ever touches a tensor. The list of parameters is made in the first call and
/// again when one of them has been disposed of, as <c>model.to(…)</c> does when it moves or converts them; otherwise a call allocates nothing.
/// </para>
/// <para>
/// Gradients on a GPU are clipped by this library's kernels. Where those cannot run (no driver, an old one, a failed launch, a lost context) torch's
/// operators take over: they wait for the device and allocate in each step, and the statistics come at once. <see cref="GradientClipper.DeviceFailure"/> has the
/// reason, and a run that follows the clipper logs it, once.
/// </para>
/// <para>
/// A module that keeps parameters in properties of its own does not dispose of them when it is moved: call <see cref="ListAgain"/> then, and
/// whenever parameters are added, removed or replaced.
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
    /// Measures and limits the gradients of parameters, named <c>parameter0</c>, <c>parameter1</c> and so on. Give the same array or list in each
    /// step: what <c>model.parameters()</c> makes anew each time is listed anew each time.
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

    /// <summary>Lists the parameters again in the next call: for a model whose parameters were added, removed or replaced.</summary>
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
