// A network trained by a program: described, trained with a word an epoch, kept, loaded again, asked.
#include <synfire/synfire.hpp>

#include <cstdio>

int main(int argc, char** argv) try {
  synfire::Model model = synfire::Model::parse(R"(
    data = "digits"

    [[layer]]
    kind = "dense"
    units = 64
    activation = "relu"

    [[layer]]
    kind = "dense"
    units = "classes"

    [train]
    epochs = 20
  )");
  synfire::TrainOptions options;
  options.runs = argc > 1 ? argv[1] : "runs";
  options.on_epoch = [](const synfire::Epoch& e) {
    std::printf("epoch %2d: loss %.4f, validation accuracy %.4f\n", int(e.epoch), e.train.at("loss"), e.validation.at("accuracy"));
    return true;  // false would end it
  };
  synfire::Result result = model.train(options);
  std::printf("test accuracy %.4f, in %s\n", result.test.at("accuracy"), result.run.c_str());

  synfire::Model trained = synfire::Model::load(result.run);
  std::printf("a blank picture is most likely a %s\n", trained.classes()[trained.classify(std::vector<float>(trained.inputs()))[0]].c_str());
  return result.test.at("accuracy") > 0.93 ? 0 : 1;
} catch (const synfire::Failure& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
