# Every target brings the environment up to date first: each works as the first command on a fresh machine.
# Without make: see "Without make" in CONTRIBUTING.md.

ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts/
else
PYTHON ?= python3
BIN := .venv/bin/
endif

EXTRAS ?=
ARGS ?=
WORKERS ?= 2
NO_PYTHON := 找不到 $(PYTHON)。请安装 Python 3.11 至 3.13，或指明其路径：make PYTHON=... / $(PYTHON) was not found: install Python 3.11 to 3.13, or name it: make PYTHON=...

.DEFAULT_GOAL := help
.PHONY: help setup lab sample report verify schedule test lint bench clean lock

help: ## 列出可用命令 / list these commands
	@$(PYTHON) tools/make_help.py

setup: ## 建立或更新环境 .venv（锁定版本未变则不动）/ make .venv; nothing to do until the lock changes
	$(if $(findstring Python,$(shell $(PYTHON) --version)),,$(error $(NO_PYTHON)))
	@$(PYTHON) tools/set_up.py $(EXTRAS)

lab: setup ## 打开 JupyterLab（中文界面，从 start.ipynb 开始）/ open JupyterLab on the start notebook
	@$(BIN)cemlab lab $(ARGS)

sample: setup ## 生成示例数据 / make the sample studies
	@$(BIN)cemlab sample $(ARGS)

report: setup ## 生成示例报告（reports/）/ render the sample's reports into reports/
	@$(BIN)cemlab report $(ARGS)

verify: setup ## 核对白皮书案例的每个数字（先 make report）/ check every figure of the whitepaper cases against their reports
	@$(BIN)cemlab whitepaper check $(ARGS)

schedule: setup ## 打印让本机定时生成报告的命令 / print the line that makes this machine render on schedule
	@$(BIN)cemlab schedule line $(ARGS)

test: setup ## 运行测试（EXTRAS=spark 含 Spark）/ run the tests (EXTRAS=spark: with Spark)
	@$(BIN)python -m pytest -n $(WORKERS) $(ARGS)

lint: setup ## 检查代码与笔记本 / check code and stored notebooks
	@$(BIN)ruff check
	@$(BIN)ruff format --check
	@$(BIN)python -m tools.stored_notebooks

bench: setup ## 运行基准测试 / run the benchmarks
	@$(BIN)python -m benchmarks $(ARGS)

clean: ## 删除运行留下的临时文件（不动环境、数据与报告）/ remove leftovers, never environment, data or reports
	@$(PYTHON) tools/clean.py

lock: setup ## 依 pyproject.toml 重写锁定版本（需要 uv）/ write the lock files anew (needs uv)
	@$(BIN)python tools/lock.py $(ARGS)
